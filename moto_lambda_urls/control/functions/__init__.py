"""Functions as AWS keeps them: their names, settings and code, on top of moto's own."""

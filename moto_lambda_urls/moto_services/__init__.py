"""Changes to moto's other services while a mock is active."""

"""The control plane: Lambda's API in moto's own shape. Exports nothing, as a mock's start loads ``backends`` alone."""

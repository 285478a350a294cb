"""Resource policies: the statements that grant, and what they grant."""

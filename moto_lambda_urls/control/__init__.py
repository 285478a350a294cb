"""Lambda's API on the wire: parameters in, answers out."""

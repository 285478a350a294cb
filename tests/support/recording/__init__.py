"""Answers of AWS, or of our own server, to the questions that docs/fidelity.md leaves open, kept as JSON."""

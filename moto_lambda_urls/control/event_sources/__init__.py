"""Event source mappings: which records of a queue or stream a function gets, in what form, and what became of them."""

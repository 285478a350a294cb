"""The operations of Lambda's API, as methods of the backend: a mixin class for each kind of thing they act on."""

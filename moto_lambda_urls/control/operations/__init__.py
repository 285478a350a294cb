"""The operations of Lambda's API as mixins of the backend, one for each kind of resource."""

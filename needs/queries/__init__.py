"""By noun: import the module, such as `needs.queries.need`."""

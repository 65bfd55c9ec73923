"""By noun: import the module, such as `needs.actions.need`."""

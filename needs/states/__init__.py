"""By noun: import the module, such as `needs.states.need`."""

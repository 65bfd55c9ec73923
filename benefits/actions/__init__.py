"""By noun: `benefits.actions.agreement`, `benefits.actions.fund`."""

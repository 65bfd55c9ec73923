"""What waits for a person is a task with a due time; what happened is a notification."""

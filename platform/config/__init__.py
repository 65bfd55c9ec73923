"""What knows every room: settings, URLs, the schedule, and the embedded servers. Nothing imports it from below."""

"""One answer from all that is known of a change: what fails, what warns, what passes."""

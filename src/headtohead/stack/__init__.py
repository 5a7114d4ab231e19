"""The local stack: which services a project needs, brought up, found again and stopped."""

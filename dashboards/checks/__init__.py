"""What a dashboard has to be before somebody looks at it: the linter's rules, and real data."""

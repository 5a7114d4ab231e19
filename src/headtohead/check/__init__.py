"""What can be judged without a clock: the SQL of every variant, and how it grows with the rows."""

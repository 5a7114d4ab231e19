"""How cost grows with data: an experiment at several numbers of rows, and the exponents."""

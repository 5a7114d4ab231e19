"""Why a variant takes what it takes: its SQL, the code that asks for it, and its plans."""

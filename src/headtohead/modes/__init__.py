"""How load is applied and read: one package a load mode."""

"""What suppliers have on offer: lists that come in whole."""

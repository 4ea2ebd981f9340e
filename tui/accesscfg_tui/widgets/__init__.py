"""The widgets that screens are made of, one module each."""

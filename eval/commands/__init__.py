"""The commands of `python -m eval`, by what they need."""

"""How we answer: `assistant.py` walks the six steps; every other file is one step or one value."""

"""The chat page: what the assistant says, shown with its sources.

Gradio reports its use to its makers unless told not to before it is imported; every import of the page passes here.
"""

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

"""How much one file may cost. A file that wants more is refused with a reason."""

FILE_BYTES = 50_000_000
SECONDS = 60
MEMORY_BYTES = 1_000_000_000
# Of the extracted text; about 1,500 dense pages.
CHARACTERS = 5_000_000
# What a child may write: JSON takes up to 12 bytes a character.
REPLY_BYTES = 12 * CHARACTERS + 100_000
PAGES = 10_000
# Of a DOCX, which is a zip archive.
UNPACKED_BYTES = 200_000_000
UNPACKED_RATIO = 100
ENTRIES = 2_000

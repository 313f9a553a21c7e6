"""A second, independent way from text to token ids: the file's own tables, a few lines of Viterbi, no library.

It differs from the map in the file in one thing, as the original tokenizer does: letters written with a separate
accent are composed first. For text without such letters this is the file's map and nothing else.
"""

import re
import struct
import unicodedata
from itertools import groupby
from pathlib import Path


class ReferenceTokenizer:
    def __init__(self, path: Path):
        data = path.read_bytes()
        at = 4 + 4 + 7 * 4 + 4 + 4  # magic, version, sizes, epsilon, block
        count, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", data, at)
        (blob_bytes,) = struct.unpack_from("<Q", data, at + 20)
        at += 28
        offsets = struct.unpack_from(f"<{count + 1}I", data, at)
        at += 4 * (count + 1)
        scores = struct.unpack_from(f"<{count}f", data, at)
        at += 4 * count
        blob = data[at : at + blob_bytes]
        self.pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
        self.known = {piece: (scores[i], i) for i, piece in enumerate(self.pieces) if i != self.unk}
        self.longest = max(map(len, self.pieces))
        self.unknown_score = min(scores) - 10
        self.replacements = self._read_replacements(data, at + blob_bytes)

    @staticmethod
    def _read_replacements(data: bytes, at: int) -> dict[int, str]:
        (entries,) = struct.unpack_from("<i", data, at)
        at += 8
        replacements = {}
        for _ in range(entries):
            code_point, length = struct.unpack_from("<IB", data, at)
            replacements[code_point] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
            at += 5 + 4 * length
        return replacements

    def normalise(self, text: str) -> str:
        return re.sub(" {2,}", " ", unicodedata.normalize("NFC", text.translate(self.replacements)))

    def __call__(self, text: str) -> list[int]:
        return [self.bos, *self._segment(self.normalise(text)), self.eos]

    def _segment(self, text: str) -> list[int]:
        if not text:
            return []
        text = text.replace(" ", "▁")
        text = text if text.startswith("▁") else "▁" + text
        best = [0.0] + [float("-inf")] * len(text)
        came = [(0, self.unk)] * (len(text) + 1)
        for start in range(len(text)):
            options = [(start + 1, self.unknown_score, self.unk)]
            for end in range(start + 1, min(len(text), start + self.longest) + 1):
                if piece := self.known.get(text[start:end]):
                    options.append((end, *piece))
            for end, score, token in options:
                if best[start] + score > best[end]:
                    best[end] = best[start] + score
                    came[end] = (start, token)
        return self._one_unknown_in_a_row(self._walk_back(came))

    @staticmethod
    def _walk_back(came: list[tuple[int, int]]) -> list[int]:
        tokens, at = [], len(came) - 1
        while at:
            at, token = came[at]
            tokens.append(token)
        return tokens[::-1]

    def _one_unknown_in_a_row(self, tokens: list[int]) -> list[int]:
        """As SentencePiece does."""
        runs = ((token, len(list(run))) for token, run in groupby(tokens))
        return [token for token, length in runs for _ in range(1 if token == self.unk else length)]

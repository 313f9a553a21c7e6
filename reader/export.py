"""The trained reader as two int8 ONNX graphs: the picker reads all pairs, the judge goes on with the best of them.

Matrices are int8 with a scale a column, activations are quantised as they come; the word embeddings are int8 with a
scale a row. The picker hands on its last hidden states, so nothing is computed twice.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from reader.model import HEADS, HIDDEN, Layer, Reader

OPSET = 17
PICKER, JUDGE, TOKENIZER, MANIFEST = "picker.onnx", "judge.onnx", "tokenizer.json", "manifest.json"


class _Words(nn.Module):
    """Embeddings as int8 rows with a scale each."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.rows: Tensor
        self.scale: Tensor
        self.register_buffer("rows", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return self.rows[ids].float() * self.scale[ids]


def _attend(layer: Layer, x: Tensor, mask: Tensor) -> Tensor:
    n, t, _ = x.shape
    q, k, v = layer.qkv(x).view(n, t, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
    weights = torch.softmax(q @ k.transpose(2, 3) * (HIDDEN // HEADS) ** -0.5 + mask, dim=-1)
    x = layer.norm(x + layer.attended((weights @ v).transpose(1, 2).reshape(n, t, HIDDEN)))
    out: Tensor = layer.out_norm(x + layer.narrow(nn.functional.gelu(layer.wide(x))))
    return out


class _Part(nn.Module):
    """Some layers of the reader and the head behind the last of them."""

    def __init__(self, reader: Reader, start: int, end: int) -> None:
        super().__init__()
        self.layers = reader.layers[start:end]
        self.head = reader.heads[str(end)]

    def read(self, x: Tensor, seen: Tensor, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
        """Return the scores of the marks and the last hidden states."""
        mask = (1.0 - seen[:, None, None, :].float()) * -1e4
        for layer in self.layers:
            x = _attend(layer, x, mask)  # type: ignore[arg-type]
        return self.head(x[rows, 0], x[rows, columns]), x


class Picker(_Part):
    """(ids, seen, rows, columns) -> (scores, hidden)"""

    def __init__(self, reader: Reader, end: int) -> None:
        super().__init__(reader, 0, end)
        self.words = _Words(reader.words.weight.detach())
        self.places, self.norm = reader.places, reader.norm

    def forward(self, ids: Tensor, seen: Tensor, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        return self.read(self.norm(self.words(ids) + self.places.weight[: ids.shape[1]]), seen, rows, columns)


class Judge(_Part):
    """(hidden, seen, rows, columns) -> (scores, span)"""

    def __init__(self, reader: Reader, start: int, end: int) -> None:
        super().__init__(reader, start, end)
        self.span = reader.span

    def forward(self, hidden: Tensor, seen: Tensor, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        scores, x = self.read(hidden, seen, rows, columns)
        return scores, self.span(x)


def export(reader: Reader, tokenizer: Path, depths: tuple[int, int], target: Path) -> dict[str, Any]:
    """Write the graphs, the tokenizer and a manifest with their SHA-256 to `target`; return the manifest."""
    reader = reader.float().cpu().eval()
    target.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(4, 1000, (3, 24))
    marks = (torch.tensor([0, 1, 2]), torch.tensor([9, 9, 9]))
    seen = torch.ones(3, 24, dtype=torch.bool)
    picker, judge = Picker(reader, depths[0]), Judge(reader, *depths)
    _write(picker, (ids, seen, *marks), ("ids", "seen"), ("scores", "hidden"), target / PICKER)
    _write(judge, (torch.randn(3, 24, HIDDEN), seen, *marks), ("hidden", "seen"), ("scores", "span"), target / JUDGE)
    shutil.copyfile(tokenizer, target / TOKENIZER)
    manifest = {
        "format": 1,
        "depths": depths,
        "files": {name: _described(target / name) for name in (PICKER, JUDGE, TOKENIZER)},
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _write(module: nn.Module, example: Any, ins: Sequence[str], outs: Sequence[str], path: Path) -> None:
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    draft = path.with_suffix(".float.onnx")
    axes = {name: {0: "windows", 1: "pieces"} for name in (*ins, outs[1])}
    axes |= {"rows": {0: "marks"}, "columns": {0: "marks"}, "scores": {0: "marks"}}
    names = [*ins, "rows", "columns"]
    with torch.no_grad():
        torch.onnx.export(
            module,
            example,
            str(draft),
            input_names=names,
            output_names=list(outs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    settings = {"DefaultTensorType": TensorProto.FLOAT, "MatMulConstBOnly": True}
    quantize_dynamic(
        draft,
        path,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options=settings,
    )
    draft.unlink()


def _described(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

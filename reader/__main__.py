"""`python -m reader prepare|base|train|export|evaluate`: from public files to the shipped weights (see CARD.md)."""

import argparse
import json
from pathlib import Path
from typing import Any

DEPTHS = (4, 6, 8, 12)
SHIPPED = (6, 12)


def main() -> None:
    """Run one step; each reads what the one before wrote to `--work`."""
    parser = argparse.ArgumentParser(prog="python -m reader", description=__doc__)
    parser.add_argument("step", choices=["prepare", "base", "train", "export", "evaluate"])
    parser.add_argument("--work", type=Path, default=Path("var/reader"))
    parser.add_argument("--sets", type=Path, default=Path("../shared/testsets"))
    parser.add_argument("--more", type=Path, help="folder with the SelQA and QED files")
    parser.add_argument("--e5", type=Path, help="folder of the unpacked multilingual-e5-small")
    parser.add_argument("--weights", type=Path, default=Path("reader/weights"))
    parser.add_argument("--steps", type=int, default=1683)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    STEPS[given.step](given)


def _prepare(given: Any) -> None:
    from reader.prepare import prepare

    prepare(given.sets, given.more, Path("corpus/documents"), given.work)


def _base(given: Any) -> None:
    from reader.records import read
    from reader.vocabulary import frequent_words, trim

    texts = [text for record in read(given.work / "train.jsonl") for text in (record.text, *record.sentences)]
    print(trim(given.e5, [*dict.fromkeys(texts), *frequent_words()], 40_000, given.work))


def _train(given: Any) -> None:
    import torch
    from safetensors.torch import save_file

    from reader.model import from_base
    from reader.records import read
    from reader.train import Plan, encode, freeze_words, often, train
    from reader.vocabulary import MARKS

    records, tokenizer = read(given.work / "train.jsonl"), _tokenizer(given.work)
    torch.manual_seed(given.seed)
    reader = from_base(given.work, tuple(range(max(DEPTHS))), DEPTHS).to("cuda" if torch.cuda.is_available() else "cpu")
    freeze_words(reader, len(MARKS))
    data = (encode(records, tokenizer), [often(record) for record in records])
    train(reader, data, tokenizer, Plan(given.steps, given.rate, seed=given.seed), given.work)
    state = {name: value.half().cpu().contiguous() for name, value in reader.state_dict().items()}
    save_file(state, given.work / "reader.safetensors")


def _export(given: Any) -> None:
    from safetensors.torch import load_file

    from reader.export import export
    from reader.model import Reader

    state = load_file(given.work / "reader.safetensors")
    reader = Reader(len(state["words.weight"]), max(DEPTHS), DEPTHS)
    reader.load_state_dict({name: value.float() for name, value in state.items()})
    print(json.dumps(export(reader, given.work / "tokenizer.json", SHIPPED, given.weights), indent=1))


def _evaluate(given: Any) -> None:
    from reader.evaluate import report
    from reader.records import read
    from reader.runtime import load

    shipped = load(given.weights, threads=2)
    for name, figures in report(read(given.work / "held.jsonl"), shipped.tokenizer, shipped.deep).items():
        print(json.dumps({name: figures}))


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))


STEPS = {"prepare": _prepare, "base": _base, "train": _train, "export": _export, "evaluate": _evaluate}

if __name__ == "__main__":
    main()

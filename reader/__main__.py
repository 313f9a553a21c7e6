"""`python -m reader STEP`: from public files to the shipped weights, one step after the other (see CARD.md)."""

import argparse
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

DEPTHS = (4, 6, 8, 12)
SHIPPED = (6, 12)
CLOSE, ONWARD = 8e-5, 5e-5  # rates of the two tunings
STATE = "reader.safetensors"
PUBLIC_STEPS = 120  # of 173: our own documents take over before the rate has gone down


def main() -> None:
    """Run one step; each reads what the one before wrote to `--work`."""
    parser = argparse.ArgumentParser(prog="python -m reader", description=__doc__)
    parser.add_argument("step", choices=list(STEPS))
    parser.add_argument("--work", type=Path, default=Path("var/reader"))
    parser.add_argument("--sets", type=Path, default=Path("../shared/testsets"), help="the public test sets")
    parser.add_argument("--more", type=Path, help="folder with the SelQA and QED files")
    parser.add_argument("--weights", type=Path, default=Path("weights/reader"), help="what ships")
    parser.add_argument("--steps", type=int, help="training steps, instead of the plan's")
    parser.add_argument("--every", action="store_true", help="prepare: learn from every document of ours")
    parser.add_argument("--onward", action="store_true", help="tune: go on from what ships")
    parser.add_argument("--short", action="store_true", help="tune: leave out the questions with a story")
    parser.add_argument("--of", type=Path, nargs="+", default=[], help="average: the states to average")
    parser.add_argument("--each", type=int, help="evaluate: so many records of a set, drawn by lot; all of them else")
    parser.add_argument("--asked", type=Path, help="likeness: a folder of questions not learned from, to measure on")
    parser.add_argument("--questions", type=int, default=400, help="votes: so many questions, drawn by lot")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    STEPS[given.step](given)


def _prepare(given: Any) -> None:
    from reader.prepare import prepare

    prepare(given.sets, given.more, Path("corpus/documents"), _finder(), given.work, given.every)


def _base(given: Any) -> None:
    from reader.records import read
    from reader.vocabulary import frequent_words, trim

    texts = [text for record in read(given.work / "train.jsonl") for text in (record.text, *record.sentences)]
    print(trim(_store().embedder(), [*dict.fromkeys(texts), *frequent_words()], 40_000, given.work))


def _train(given: Any) -> None:
    """Read broadly: 1,683 steps of 96 questions; three minutes of a GPU, a day of two cores."""
    from reader.base import from_base
    from reader.train import BROADLY, Plan

    network = from_base(given.work, tuple(range(max(DEPTHS))), DEPTHS)
    _trained(network, BROADLY, Plan(given.steps or 1683, 2e-4), given.work, "broadly.safetensors")


def _tune(given: Any) -> None:
    """Read closely: three quarters of an hour of two cores that compute in bfloat16."""
    from index.reader import TOKENIZER, network
    from reader.own import STORIES
    from reader.train import CLOSELY, Plan

    if given.onward:
        shutil.copyfile(given.weights / TOKENIZER, given.work / TOKENIZER)
    tuned = network(given.weights) if given.onward else _network(given.work / "broadly.safetensors")
    tuned.words.weight.requires_grad_(False)
    plan = Plan(given.steps or 800, ONWARD if given.onward else CLOSE, batch=16, lone=False, claims=0.25)
    _trained(tuned, CLOSELY, plan, given.work, STATE, without=STORIES if given.short else None)


def _average(given: Any) -> None:
    """The mean of networks tuned from the same one on unlike questions is good at both: "model soups", Wortsman et al.
    2022, arXiv 2203.05482.
    """
    import torch
    from safetensors.torch import load_file, save_file

    states = [load_file(path) for path in given.of]
    mean = {name: torch.stack([state[name].float() for state in states]).mean(dim=0) for name in states[0]}
    save_file({name: value.half().contiguous() for name, value in mean.items()}, given.work / STATE)


def _trained(
    network: Any, table: dict[str, float], plan: Any, work: Path, name: str, without: str | None = None
) -> None:
    import torch
    from safetensors.torch import save_file

    from reader.records import read
    from reader.train import encode, freeze_words, often, train
    from reader.vocabulary import MARKS

    torch.manual_seed(plan.seed)
    network = network.to("cuda" if torch.cuda.is_available() else "cpu")
    if network.words.weight.requires_grad:
        freeze_words(network, len(MARKS))
    network.places.weight.requires_grad_(False)
    records, tokenizer = read(work / "train.jsonl"), _tokenizer(work)
    records = [record for record in records if without is None or not record.source.startswith(without)]
    data = (encode(records, tokenizer), [often(record, table) for record in records])
    train(network, data, tokenizer, plan, work / f"{name}.checkpoint.pt")
    state = {name: value.half().cpu().contiguous() for name, value in network.state_dict().items()}
    save_file(state, work / name)


def _judge(given: Any) -> None:
    """Train the packaged generator's Yes and No: two hours of two cores."""
    import torch

    from reader import adapter
    from reader.generator import Generator, tokenizer_of
    from reader.lessons import lessons, own_lessons
    from reader.own import written
    from reader.packs import pack, prompts
    from weights.hashing import sha256_of

    gguf = _store().generator()
    tokenizer = tokenizer_of(gguf)
    torch.manual_seed(0)
    model = Generator(gguf, adapter.FIRST, adapter.RANK, adapter.ALPHA)
    yes, no = (tokenizer.encode(word).ids[0] for word in ("Yes", "No"))
    words = (model.out[yes].float() - model.out[no].float()).bfloat16()
    public = lessons(given.sets, 0)
    documents = Path("corpus/documents")
    own = own_lessons(written(documents, "short"), documents, 0, public)
    for name, asked, rate, until in (("judge", public, 4e-4, PUBLIC_STEPS), ("judge.own", own, 2e-4, None)):
        packs = [pack(one, tokenizer, prompts()) for one in asked]
        adapter.train(model, packs, words, rate=rate, seed=0, out=given.work / name, until=until)
    adapter.export(model, given.weights.with_name("judge"), sha256_of(gguf))


def _likeness(given: Any) -> None:
    """Learn what makes questions alike: an hour of two cores; `--asked` measures it before and after."""
    import numpy as np

    from assistant.factory import embedder_identity
    from corpus.asked import questions_beside, read_written
    from reader.layers import Model, export, learn_layers, learn_map, vectors_of
    from reader.likeness import Lesson, texts_of, told_apart

    def lesson_of(lines: Sequence[Any]) -> tuple[Any, Lesson]:
        texts, facts, twins = texts_of(lines)
        return model.states(texts), Lesson(np.empty((0, 0), dtype=np.float32), np.array(facts), np.array(twins))

    def tell(name: str, network: Any) -> None:
        if given.asked:
            made = [replace(lesson, vectors=vectors_of(states, network)) for states, lesson in (known, asked)]
            print(json.dumps({name: told_apart(*made)}), flush=True)

    model = Model(_store().embedder())
    known = lesson_of([line for _, line in read_written(questions_beside(Path("corpus/documents")))])
    asked = lesson_of([line for _, line in read_written(given.asked)]) if given.asked else known
    tell("as embedded", model.upper.pooled)
    learn_map(model.upper, *known)
    tell("with a map", model.upper)
    learn_layers(model.upper, *known, report=print)
    tell("with layers of their own", model.upper)
    export(model.upper, embedder_identity(), given.weights.with_name("likeness"))


def _known(given: Any) -> None:
    """Keep the vectors of all known questions for whoever builds an index: five minutes of two cores."""
    from corpus.asked import questions_beside, read_asked
    from index.shipped import ship

    asked = read_asked(questions_beside(Path("corpus/documents")))
    texts = list(dict.fromkeys(one.text for one in asked))
    embedder = _embedder()
    ship(texts, embedder.alike(texts), embedder.identity)


def _export(given: Any) -> None:
    from reader.export import export

    export(_network(given.work / STATE), given.work / "tokenizer.json", SHIPPED, given.weights)


def _evaluate(given: Any) -> None:
    from index.reader import Reader
    from reader.evaluate import drawn, readings, report, told_apart
    from reader.own import SOURCE, STORIES
    from reader.records import read

    reader = Reader(given.weights)
    records = drawn(read(given.work / "held.jsonl"), given.each)
    figures = report(records, reader)
    for source, name in ((SOURCE, "near-misses on our documents"), (STORIES, "the same with a story")):
        pairs = [record for record in records if record.source.startswith(source)]
        figures[name] = told_apart(pairs, readings(pairs, reader))
    for name, values in figures.items():
        print(json.dumps({name: values}), flush=True)


def _found(given: Any) -> None:
    """Retrieval included: each set in its own index, `python -m eval retrieval` makes it."""
    from assistant.settings import read_settings
    from eval.retrieval import build_set_index
    from eval.sets import read_set
    from index.reader import Reader
    from index.retrieve import Retriever
    from reader.data import squad
    from reader.evaluate import cost, found
    from reader.own import written

    embedder, reader = _embedder(), Reader(given.weights)
    asked, _ = squad(given.sets)
    for name in ("squad2_dev", "squad_it"):
        corpus = read_set(given.sets / name).corpus
        assert corpus is not None
        retriever = Retriever(build_set_index(corpus, embedder, print), embedder)
        held = [question for question in asked if question.passage.source == name and question.passage.held_out]
        print(json.dumps({name: found(held, retriever, reader)}), flush=True)
    ours = [question for question in written(Path("corpus/documents"), "short") if question.lang == "en"][::20]
    retriever = Retriever(read_settings().index, embedder)
    print(json.dumps({"cost": cost([question.question for question in ours], "en", retriever, reader)}), flush=True)


def _votes(given: Any) -> None:
    """The generator's trained judgement on held-out passages, alone and with the reader's."""
    from assistant.generator import build_generator
    from assistant.settings import read_settings
    from index.reader import Reader
    from reader.evaluate import votes
    from reader.lessons import measured

    generator = build_generator(read_settings(), _store())
    held = measured(given.sets, "squad2_dev")
    print(json.dumps(votes(held, generator, Reader(given.weights), given.questions)), flush=True)


def _network(path: Path) -> Any:
    from safetensors.torch import load_file

    from index.crossencoder import CrossEncoder

    state = load_file(path)
    exits = tuple(depth for depth in DEPTHS if f"heads.{depth}.out.weight" in state)
    network = CrossEncoder(len(state["words.weight"]), max(DEPTHS), exits)
    network.load_state_dict({name: value.float() for name, value in state.items()})
    return network


def _finder() -> Any:
    """What the project's own index finds for a question."""
    from assistant.settings import read_settings
    from index.retrieve import Retriever

    retriever = Retriever(read_settings().index, _embedder())

    def find(question: str, language: str) -> Sequence[Any]:
        return [scored.chunk for scored in retriever.search(question, language).chunks]

    return find


def _embedder() -> Any:
    from assistant.factory import build_embedder

    return build_embedder(_store(), print)


def _store() -> Any:
    from assistant.settings import read_settings
    from weights.store import WeightStore

    return WeightStore(read_settings().cache, print)


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(folder / "tokenizer.json"))


STEPS = {
    "prepare": _prepare,
    "base": _base,
    "train": _train,
    "tune": _tune,
    "average": _average,
    "judge": _judge,
    "likeness": _likeness,
    "known": _known,
    "export": _export,
    "evaluate": _evaluate,
    "found": _found,
    "votes": _votes,
}

if __name__ == "__main__":
    main()

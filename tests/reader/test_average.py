"""Networks tuned apart become one."""

import sys

import torch
from safetensors.torch import load_file, save_file

from reader.__main__ import STATE, main


def test_the_average_of_two_networks_lies_between_them(tmp_path, monkeypatch):
    for name, value in (("one", 1.0), ("other", 4.0)):
        save_file({"weight": torch.full((2, 2), value).half()}, tmp_path / name)
    given = ["average", "--of", str(tmp_path / "one"), str(tmp_path / "other"), "--work", str(tmp_path / "work")]
    monkeypatch.setattr(sys, "argv", ["reader", *given])
    main()
    assert load_file(tmp_path / "work" / STATE)["weight"].tolist() == [[2.5, 2.5], [2.5, 2.5]]

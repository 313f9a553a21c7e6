from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from assistant.crowd import Crowd


def test_who_comes_alone_hears_of_nobody():
    crowd = Crowd()
    for _ in range(2):
        with crowd.joined() as others:
            assert others == 0


def test_one_is_inside_at_a_time_and_hears_how_many_wait():
    crowd, inside, all_there, heard = Crowd(), [], Event(), []

    def visit(number):
        with crowd.joined() as others:
            inside.append(number)
            all_there.wait(60)
            heard.append(others)
            assert inside == [number]
            inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        visits = [pool.submit(visit, number) for number in range(4)]
        while crowd.there < 4:
            sleep(0.01)
        all_there.set()
        for done in visits:
            done.result()
    assert heard[1:] == [2, 1, 0]


def test_who_leaves_by_an_error_makes_room():
    crowd = Crowd()
    with pytest.raises(LookupError, match="inside"), crowd.joined():
        raise LookupError("inside")
    with crowd.joined() as others:
        assert others == 0

from threading import Thread

from assistant.turns import Turns


def test_who_is_alone_does_not_wait():
    turns = Turns()
    with turns.turn() as places:
        assert list(places) == []
        assert turns.waiting == 0


def test_who_comes_later_hears_of_each_place_until_it_is_their_turn():
    turns, told = Turns(beat=0.001), []
    with turns.turn() as first:
        list(first)
        second, third = turns.turn(), turns.turn()
        second_places, third_places = second.__enter__(), third.__enter__()
        told.append(next(third_places))
        assert next(second_places) == 1
        assert turns.waiting == 2
    assert list(second_places) == []
    told.append(next(third_places))
    second.__exit__(None, None, None)
    assert list(third_places) == []
    third.__exit__(None, None, None)
    assert told == [2, 1]


def test_who_leaves_the_line_makes_room():
    turns = Turns(beat=0.001)
    with turns.turn() as first:
        list(first)
        impatient, patient = turns.turn(), turns.turn()
        impatient.__enter__()
        places = patient.__enter__()
        assert next(places) == 2
        impatient.__exit__(None, None, None)
        assert next(places) == 1
        patient.__exit__(None, None, None)
    with turns.turn() as places:
        assert list(places) == []


def test_many_threads_are_served_one_at_a_time_in_the_order_they_came():
    turns, served, inside = Turns(), [], []

    def work(number: int) -> None:
        with turns.turn() as places:
            list(places)
            inside.append(number)
            served.append((number, len(inside)))
            inside.remove(number)

    threads = [Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for number, _ in served) == list(range(20))
    assert all(together == 1 for _, together in served)

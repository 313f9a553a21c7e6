import pytest

from peers.refusal import refuses


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I don’t know the answer to that question.",
        "I'm sorry, but I can't assist with that.",
        "The context does not mention the price of a square metre.",
        "The provided documents do not contain information about this.",
        "The text doesn't explicitly state the deadline.",
        "The price is not specified.",
        "This isn't mentioned in the documents.",
        "The exact figure is not given in the provided context.",
        "There is no specific information on parking.",
        "Based on the context, it cannot be determined.",
        "Empty Response",
        "Non lo so.",
        "Il prezzo non è specificato nel testo.",
        "La data non viene esplicitamente menzionata.",
        "Il contesto non fornisce informazioni sul prezzo.",
        "Non ci sono informazioni sui parcheggi.",
        "I documenti non contengono il dato richiesto.",
        "Mi dispiace, non posso aiutarti.",
        "Nessuna informazione disponibile.",
        "Ich weiß es nicht.",
        "Das weiß ich leider nicht.",
        "Dazu liegen keine Informationen vor.",
        "Im Kontext gibt es keine genauen Angaben.",
        "Der Preis wird nicht ausdrücklich erwähnt.",
        "Ich kann diese Frage nicht beantworten.",
        "Das geht aus dem Text nicht hervor.",
        "Tut mir leid, das steht dort nicht.",
    ],
)
def test_words_that_say_so_are_a_refusal(text):
    assert refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The hub hosts 50 firms.",
        "VAT is not included in the price.",
        "Applications are not accepted after 30 November.",
        "Foreign firms do not need a notary for this.",
        "Yes, information is given at the desk in Rovereto.",
        "Il contributo non è cumulabile con altri aiuti.",
        "Non sono ammesse le imprese in liquidazione.",
        "La domanda non può essere presentata dopo il 30 novembre.",
        "Die Förderung ist nicht mit anderen Beihilfen kumulierbar.",
        "Die Mehrwertsteuer ist nicht enthalten.",
        "Keine Gebühr fällt an.",
        "Informationen gibt das Büro in Trient.",
    ],
)
def test_an_answer_that_denies_something_is_none(text):
    assert not refuses(text)

import pytest

from assistant.kinds import asked_kind, offers


@pytest.mark.parametrize(
    ("language", "question", "kind"),
    [
        ("en", "When was the hub opened?", "date"),
        ("en", "What percentage of GDP goes to research?", "percent"),
        ("en", "How much does a desk cost?", "money"),
        ("en", "How many firms are there?", "count"),
        ("en", "How much space is there?", "count"),
        ("en", "Who runs the hub?", None),
        ("it", "Quando è nato il polo?", "date"),
        ("it", "Qual è la percentuale del PIL?", "percent"),
        ("it", "Quanto costa l'affitto?", "money"),
        ("it", "Quante imprese ospita?", "count"),
        ("it", "Chi gestisce il polo?", None),
        ("de", "Seit wann gibt es das Zentrum?", "date"),
        ("de", "Wie viel Prozent des BIP sind es?", "percent"),
        ("de", "Was kostet ein Büro?", "money"),
        ("de", "Wie viele Firmen sind dort?", "count"),
        ("de", "Wer betreibt das Zentrum?", None),
        ("en", "What happens to the notice when tenants leave?", None),
        ("en", "How much of their working time is spent on research?", "count"),
        ("en", "Are consultancy costs and the rent eligible?", None),
        ("en", "Who set up the hub, and when?", "date"),
        ("it", "Che cosa succede quando un socio vende la quota?", None),
        ("it", "Chi l'ha fondato e quando?", "date"),
        ("de", "Wie hoch ist die Kaltmiete im Zentrum?", "money"),
        ("en", "What is the phone number of the hub?", "phone"),
        ("en", "Whom can we call about the lease?", "phone"),
        ("en", "Does the valley have phone coverage?", None),
        ("en", "Which PEC address does the office have?", "email"),
        ("en", "Does a director need a PEC address?", None),
        ("en", "What is a PEC address in Italy?", None),
        ("en", "What's PEC?", None),
        ("en", "What is the certified e-mail address of the office?", "email"),
        ("it", "Mi dai il numero di telefono del polo?", "phone"),
        ("it", "A quale PEC devo scrivere?", "email"),
        ("it", "Qual è l'indirizzo e-mail del polo?", "email"),
        ("it", "Quando serve la PEC dell'amministratore?", "date"),
        ("de", "Unter welcher Telefonnummer ist das Zentrum erreichbar?", "phone"),
        ("de", "Wie lautet die E-Mail-Adresse des Zentrums?", "email"),
        ("de", "Braucht der Geschäftsführer eine PEC-Adresse?", None),
    ],
)
def test_a_question_asks_for_a_kind_of_answer(language, question, kind):
    assert asked_kind(question, language) == kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "Phone +39 0464 443111."),
        ("phone", "Telefon 0461 495339 (Stand 2022)"),
        ("email", "write to info@example.org"),
        ("date", "opened in 2010"),
        ("date", "dal primo Gennaio"),
        ("date", "im März"),
        ("date", "open from 9:30"),
        ("percent", "1.8 % of GDP"),
        ("percent", "12 per cento"),
        ("percent", "5 Prozent"),
        ("money", "6 million euro"),
        ("money", "€ 300"),
        ("count", "30 firms"),
        ("count", "tre imprese"),
        ("count", "zwölf oder zehn Firmen"),
        ("count", "rund fünfzig Firmen"),
        ("count", "duemila imprese"),
        ("count", "half of the tenants"),
        ("date", "built in the 12th century"),
        ("date", "founded in 1545"),
    ],
)
def test_a_text_that_holds_the_kind_offers_it(kind, text):
    assert offers(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "from 2014 to 2020, 10 000 000 euro"),
        ("email", "by e-mail"),
        ("date", "30 firms"),
        ("percent", "30 firms"),
        ("money", "paid in euro"),
        ("money", "30 firms"),
        ("count", "many firms"),
        ("count", "the tenant"),
    ],
)
def test_a_text_without_the_kind_does_not_offer_it(kind, text):
    assert not offers(kind, text)

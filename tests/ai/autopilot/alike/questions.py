"""Forty times somebody asks the demo shop; the parts of a tuple are said one after the other.

None of them is in `questions.jsonl`, so nothing was fitted to these wordings. The last of the
English ones, of the German and of the Spanish have no answer in the articles.
"""

from typing import Final

ASKED: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("en", ("How do I return an item?",)),
    ("en", ("What is the way to send something back to you?",)),
    ("en", ("How many days do I have to return things?", "And what does it cost?")),
    ("en", ("How do I wash a down jacket?", "Can I put it in the tumble dryer?")),
    ("en", ("My down jacket is dirty. Can it be washed at home?",)),
    ("en", ("How can I change the address of my order?",)),
    ("en", ("Can I still cancel an order that I placed this morning?",)),
    ("en", ("How much does delivery cost?", "How long does it take?")),
    ("en", ("What do I pay for express delivery?",)),
    ("en", ("Do you deliver to Switzerland?",)),
    ("en", ("How do I follow my parcel?",)),
    ("en", ("My parcel is late. Where is it?",)),
    ("en", ("My parcel arrived damaged. What do I have to do?",)),
    ("en", ("Something is missing from my parcel.",)),
    ("en", ("When do I get my refund?", "Does it take longer with PayPal?")),
    ("en", ("How do I exchange a jacket for another size?",)),
    ("en", ("Which payment methods do you accept?",)),
    ("en", ("Is it possible to pay by invoice?",)),
    ("en", ("Why was my payment declined?",)),
    ("en", ("Where do I find the invoice of my order?",)),
    ("en", ("How do I reset my password?",)),
    ("en", ("I cannot log in because I forgot my password.",)),
    ("en", ("How do I delete my account?",)),
    ("en", ("How do I use a gift card?", "Until when is it valid?")),
    ("en", ("What is the warranty on tents?",)),
    ("en", ("How do I dry and store my tent?",)),
    ("en", ("My tent pole is broken. Can I repair it myself?",)),
    ("en", ("How do I find the right size of hiking boots?",)),
    ("en", ("Can I rent a tent?", "What does it cost for a weekend?")),
    ("en", ("Do you offer discounts for companies?",)),
    ("en", ("Do you sell surfboards?",)),
    ("en", ("Who won the ski race yesterday?",)),
    ("en", ("Can your staff teach me to play the violin?",)),
    ("de", ("Wie kann ich einen Artikel zurückgeben?",)),
    ("de", ("Was kostet der Versand?",)),
    ("de", ("Wie reinige ich mein Zelt?",)),
    ("de", ("Kann ich mit PayPal bezahlen?",)),
    ("de", ("Verkaufen Sie auch Motorräder?",)),
    ("es", ("¿Cómo puedo devolver un artículo?",)),
    ("es", ("¿Venden también motocicletas?",)),
)

"""Openings of our own in many voices: what customers may write first, and what they want.

Written apart from the examples in the procedures; nothing is learned from them.
"""

OPENINGS: dict[str, str] = {
    "cancel_order": """
Yo, scrap #W5551234, I'm skint this month
Dear Sir or Madam, kindly rescind my purchase W4410022 at your earliest convenience.
my 4 year old tapped buy on my phone... order #W8812345 needs to go away
Hiya! Can order W9081726 be cancelled? Found out I've got one in the attic already
PLEASE DON'T SEND #W7777001!!! bought it by accident
Order W2003004. Cancel.
I pressed purchase twice, so W1200456 is surplus, kill it please
I'd be grateful if you would annul order number W6610987, as I have no further use for the goods.
ok so i dont want the vacuum anymore, order W4545454, is it too late to stop it
Abort abort! W3210987 was a slip of the finger
We no longer require the items on PO W9911223, please withdraw it
u guys havent shipped W1029384 yet right? then cancel
I've had second thoughts on W4567001, please take it off
Can I still back out of order #W8080808?
""",
    "return_items": """
The headset in W5551234 is rubbish, sending it back, how?
Dear support, I should like to return the lamp delivered under order W4410022 for reimbursement.
wanna return the shoes from #W8812345
Got my parcel W9081726 today. The kettle leaks. Refund?
I'm thoroughly disappointed with the jacket (W7777001). Money back please.
Return: 1x tablet, order W2003004
bought a backpack in W1200456, its ugly in real life, can you take it back
Good evening, what are the steps to give back a puzzle I received? W6610987
hey so the bookshelf from W4545454 doesn't fit in my flat, i want to give it back
I don't want to keep the camera I received in order W3210987
Please arrange a pick-up of the grill from W9911223, I want to be refunded for it.
the watch u sent me (W1029384) broke after a day, want my cash back
I would like a refund for the boots that arrived with W4567001
Unhappy with my speaker. Order W8080808. How do I send it back to you?
Need to send something back from W1113335
""",
    "exchange_items": """
The t-shirt that came in W5551234 is too tight, can you give me a larger one for it
I would like to exchange the lamp delivered with order W4410022 for the black model.
swap pls: sneakers in W8812345, need half a size up, got them yesterday
My parcel W9081726 arrived with blue earbuds, I'd rather have white ones in exchange
Could I trade the delivered laptop (W7777001) for one with more memory?
Exchange: 1x garden hose, order W2003004
the bottle i received from W1200456 is too small so can i switch it for the 1 litre
Good day. Order W6610987 has been delivered; may I exchange it for the leather variant?
hey i got the wrong size helmet in W4545454, do an exchange for me
I'd like a replacement of the delivered keyboard in W3210987 with clicky switches instead
The thermostat delivered (W9911223) isn't compatible with my home, exchange it for the Google one
looking to swap out the mouse that came in #W1029384
can you exchange the fleece jacket from W4567001, it arrived but the zipper type is wrong
W8080808 was delivered, want to trade the puzzle for the 2000 piece one
""",
    "change_items": """
W5551234 hasn't gone out yet, can you make the t-shirt an XL
I would like to amend my open order W4410022: the lamp should be black and not white.
oops chose 256gb, wanted 512, order #W8812345 still processing, fix?
Before you dispatch W9081726, change the earbuds to white
Could the laptop in my pending order W7777001 be changed to the i7 one?
Modify: 1x garden hose to the 50ft, order W2003004 not yet shipped
can u edit W1200456, i need the 1 litre bottle rather than the small
Good day. I selected the wrong fabric in order W6610987; it has not been sent. May I alter it?
I ordered the wrong helmet size just now (W4545454), please update the order
My order W3210987 should contain the tactile keyboard, I selected the linear one by mistake
Please revise the configuration of the thermostat in W9911223 prior to shipment
want to upgrade the camera in my order that is still being packed #W1029384
the item options on W4567001 are wrong, can you correct them before it goes out
adjust order W8080808: grill with gas not charcoal
""",
    "change_payment": """
Put W5551234 on my gift card rather than my visa
I request that order W4410022 be charged to my PayPal account in place of the credit card.
different card for #W8812345 pls
My bank blocked the card I used on W9081726, can I use another?
Could you bill W7777001 to my Mastercard?
Change payment: order W2003004 to paypal
i paid W1200456 with the wrong card lol can we fix that
Good day. May I settle order W6610987 by another means of payment?
hey can I use my gift card balance for order W4545454 after all
swap the payment of W3210987 to my other card
I'd like W9911223 to come out of my PayPal
is it possible to alter how i pay for #W1029384
The card on order W4567001 is my ex's, I want to pay it with mine
charge W8080808 elsewhere please
""",
    "change_delivery_address": """
W5551234 must go to my mum's place, not mine
Kindly forward order W4410022 to my office rather than my residence.
#W8812345 - typo in the street name, plz fix b4 it ships
I'm moving this weekend, can parcel W9081726 be sent to the new flat
Could you deliver W7777001 to another address?
Change shipping address: order W2003004
i put my old address on W1200456, it needs to go to the new one
Good day. Would you redirect shipment W6610987 to a different destination?
hey I'll be on vacation, send order W4545454 to the hotel
The zip code on the shipping label of order W3210987 is wrong
please have W9911223 shipped to my workplace
where can i change the delivery location for #W1029384
W4567001 is headed to the wrong house!
I'd like to update where order W8080808 gets delivered
""",
    "change_profile_address": """
moved flats last week, can you update my account
I wish to inform you of my change of residence; please amend my customer profile.
need 2 change the address on my profile
We relocated to Denver, please put the new home address on file
Could you edit my default shipping address for future purchases?
Change account address
my address in your system is from like 2015, update it
Good day. The address registered with my account is no longer valid; may I supply the new one?
hey new apartment, who dis. update my saved address
Set my permanent address to the new house please
the default address of my account should be different
I got married and moved, so my personal address needs changing in my profile
""",
    "order_information": """
where's W5551234 at?
Could you inform me of the status of order W4410022?
has #W8812345 been shipped yet
When will parcel W9081726 be here?
what exactly is in order W7777001
tracking info for W2003004 please
""",
    "": """
What's the weather like in Berlin?
Do you have any job openings?
Tell me a joke
My landlord refuses to fix the heating
How do I bake sourdough bread?
Who won the match yesterday?
asdf qwerty
Can you write my homework about the Romans?
I'm thinking of becoming a vegetarian
hello
""",
}


def openings() -> list[tuple[str, str]]:
    """Each opening with the procedure it is for; none for what belongs nowhere."""
    return [
        (wanted, line) for wanted, lines in OPENINGS.items() for line in lines.strip().splitlines()
    ]


LATER: dict[str, str] = {
    "cancel_order": """
I'd like to undo the order I just placed, W1111222
Please terminate order #W3333444, no longer necessary
Can we forget about order W5555666? I won't be needing it
cncl ordr W7777888 plz
My husband already bought the same thing, so cancel W9999000
Request for cancellation, order W2222333
""",
    "return_items": """
The blender from W1111222 makes a horrible noise and I want to give it back
I'd like to start the process of returning my sunglasses, W3333444
can i get my money back for the pet bed (W5555666)
Returning the dumbbells, they're too heavy. Order W7777888
What do I have to do to return something? It's W9999000
I am displeased with the perfume and request a refund, order W2222333
""",
    "exchange_items": """
My boots (W1111222) are the wrong size, can you swap them for a 10?
I'd like to trade my purple luggage from order W3333444 for a silver one
the e-reader I got has too little storage, exchange for 32GB? W5555666
Exchange for the gas grill please, delivered order W7777888
Is there a way to get the jacket I was delivered (W9999000) in a medium?
Please switch the skateboard I received in W2222333 with the bamboo one
""",
    "change_items": """
I haven't received W1111222 yet, could the tablet be the 10 inch one instead?
Update the sunglasses in my pending order W3333444 to polarized lenses
Can I modify what's in W5555666? I want the wooden bookshelf
please alter my order W7777888 to have the red backpack, it hasnt shipped
I need a correction in the pending order W9999000: keyboard with RGB backlight
before W2222333 is sent, replace the luggage by the 3 piece set
""",
    "change_payment": """
I want W1111222 to go on my Amex, not the PayPal
Can the payment for W3333444 be moved to a gift card?
Use my other credit card for order W5555666
My PayPal has no funds, pay order W7777888 with the visa
please modify the payment option of W9999000
Wrong card charged for W2222333
""",
    "change_delivery_address": """
Could W1111222 be sent to my sister's house?
Please amend the shipping address for order W3333444
I typed the wrong apartment number for W5555666
order W7777888 should ship to a new address, we've moved
Can you deliver W9999000 to my work address instead of home
The destination of parcel W2222333 must be changed
""",
    "change_profile_address": """
Can you change the address that's saved under my account?
I have moved and want my profile to show it
My default address should be the new one from now on
update my user profile with my new street
Please register my new home address
We live somewhere else now. Update our account please
""",
    "": """
Do you like music?
How many planets are there?
I want to book a flight to Rome
My printer is out of paper
What should I cook tonight?
Is your company on the stock exchange?
""",
}
"""Written when the examples were finished, and never looked at to improve them."""


def later() -> list[tuple[str, str]]:
    """See `LATER`."""
    return [
        (wanted, line) for wanted, lines in LATER.items() for line in lines.strip().splitlines()
    ]

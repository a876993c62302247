"""What people write who want none of the procedures; whoever learns from examples learns these too.

Without them everything would be like one of the procedures more than like the others.
"""

from typing import Final

STRANGERS: Final = tuple(
    """
Hello there
Good morning
How are you today?
Thanks a lot, bye
Is anybody there?
What's the meaning of life?
Tell me something funny
What time is it in Tokyo?
Who is the president of France?
It is raining cats and dogs here
Can you recommend a good film?
How do I learn to play the guitar?
My dog is sick, what can I do?
I love sunsets at the beach
What is the capital of Australia?
Write me a poem about spring
How tall is Mount Everest?
Do you know a good recipe for pancakes?
My neighbour is playing loud music
The train was late again this morning
Are you a robot?
Where did you grow up?
lorem ipsum dolor sit amet
abc def ghi
test test 123
I need to see a dentist
What is two plus two?
Who wrote Hamlet?
Can you help me with my maths exercise?
How do I get a visa for Canada?
Is the earth flat?
What's your favourite colour?
I'm looking for a flat to rent
My car won't start
How do I lose weight?
Are you hiring at the moment?
I would like to become a supplier of yours
We would like to invite you to our conference
Buy cheap followers now
You have won a prize, click here
Do you sponsor football clubs?
Who is your chief executive?
What is the stock price of your company?
I saw your advertisement on television
Your website has nice colours
Congratulations on the anniversary
Where is your head office?
What are your opening hours on Sunday?
Do you have a shop in Chicago?
Is there parking near the store?
How do I reset the clock of my oven?
My internet connection is slow
Which politician should I vote for?
Explain quantum physics to me
Guten Morgen
Wie wird das Wetter morgen?
Erzähl mir einen Witz
Bonjour, comment ça va ?
Quel temps fait-il ?
Hola, ¿qué tal?
¿Quién ganó el partido?
Bom dia, tudo bem?
مرحبا كيف حالك
ما هو الطقس اليوم
""".strip().splitlines()
)

"""The waiting line: numbers, services, windows, calling rules, waiting times. Pure; imports nothing of ours.

`ticketing.line` changes the line and says in facts what has changed; `ticketing.facts` holds these facts and their
journal form;
`ticketing.waiting` quotes waiting times.
"""

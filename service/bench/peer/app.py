"""The least that does on FastAPI what `POST /twilio/voice` and `/twilio/voice/collect` do, for comparison.

The session is JSON in Redis (redis-py, asyncio), bookings go through SQLAlchemy on asyncpg. Signatures are verified by Twilio's
algorithm. There is no dialogue beyond the usual four webhooks, no understanding, no encryption, no lock and no fallback: it is
lighter than any real service of this shape.
"""

import base64
import hashlib
import hmac
import json
import os
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

import redis.asyncio as redis
from fastapi import FastAPI, Request, Response
from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BASE_URL = os.environ["PUBLIC_BASE_URL"]
TOKEN = os.environ["TWILIO_AUTH_TOKEN"].encode()
SESSION_SECONDS = 300

app = FastAPI()
store = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=5, max_overflow=10)
database = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Appointment(Base):
    __tablename__ = "peer_appointments"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(120))
    mobile: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def gather(message: str) -> Response:
    return Response(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Gather input="speech" language="en-CA" method="POST" action="/twilio/voice/collect" speechTimeout="4" timeout="8" enhanced="true">
    <Say voice="alice" language="en-CA">{escape(message)}</Say>
  </Gather>
</Response>""",
        media_type="text/xml",
    )


def goodbye(message: str) -> Response:
    return Response(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<Response><Say voice="alice" language="en-CA">{escape(message)}</Say><Hangup/></Response>""",
        media_type="text/xml",
    )


async def signed(request: Request) -> dict[str, str] | None:
    form = dict((await request.form()).items())
    text = BASE_URL + request.url.path + "".join(name + str(form[name]) for name in sorted(form))
    expected = base64.b64encode(hmac.new(TOKEN, text.encode(), hashlib.sha1).digest()).decode()
    given = request.headers.get("X-Twilio-Signature", "")
    return form if hmac.compare_digest(given, expected) else None


def rejected() -> Response:
    return Response("<Response><Reject/></Response>", status_code=403, media_type="text/xml")


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    return {"ok": True}


@app.post("/twilio/voice")
async def voice(request: Request) -> Response:
    form = await signed(request)
    if form is None:
        return rejected()
    key = f"call_session:{form['CallSid']}"
    kept = await store.get(key)
    session = json.loads(kept) if kept else {"mobile": form.get("From", "")}
    session["step"] = "name"
    await store.setex(key, SESSION_SECONDS, json.dumps(session))
    return gather("Hi! I'll help book your appointment. What's your name?")


@app.post("/twilio/voice/collect")
async def collect(request: Request) -> Response:
    form = await signed(request)
    if form is None:
        return rejected()
    key = f"call_session:{form['CallSid']}"
    kept = await store.get(key)
    session = json.loads(kept) if kept else {"mobile": form.get("From", ""), "step": "name"}
    said = form.get("SpeechResult", "")
    if session["step"] == "name":
        session.update(name=said, step="time")
        answer = gather(f"Perfect! I have your number as {session['mobile']}. When would you like your appointment?")
    elif session["step"] == "time":
        session.update(time=said, step="confirm")
        answer = gather(f"Great! I'll book {session['name']} for {said}. Should I confirm this?")
    else:
        async with database() as transaction:
            transaction.add(
                Appointment(
                    name=session["name"],
                    mobile=session["mobile"],
                    starts_at=datetime.now(timezone.utc) + timedelta(days=1),
                )
            )
            await transaction.commit()
        session["step"] = "done"
        answer = goodbye("Perfect! Your appointment is booked. You'll receive a text confirmation. Thank you!")
    await store.setex(key, SESSION_SECONDS, json.dumps(session))
    return answer

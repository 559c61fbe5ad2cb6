"""`POST /twilio/voice` and `/twilio/voice/collect` on FastAPI, no more than the original's design asks of them, for comparison.

Each part is one that the design document of the original has, or that its code was seen to do in production:

- signatures: HMAC by hand, as the design document has it (of what Twilio really signs: its own would refuse every call)
- `get_session_fast`: the session is JSON in Redis (redis-py, asyncio), waited for half a second at most, else a new one
- `profile`: a returning caller's profile, in Redis for a year; the production code greets by it
- `generate_twiml_response`: TwiML from a template, answers cached by their words
- `process_call_step`: a step is timed, a slow one warned of, and counted by `track_call_metrics`: one histogram and two counters
  through Datadog's library, as it is by default
- bookings through SQLAlchemy on asyncpg; two uvicorn workers with the access log

What any real service of this shape also has, and the design document names, is not here: no understanding of what is said, no
encryption, no lock against a repeated webhook, no fallback for a booking, no text message. Nothing waits or works that need not.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import os
import time
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

import redis.asyncio as redis
from datadog import initialize, statsd
from fastapi import FastAPI, Request, Response
from sqlalchemy import BigInteger, DateTime, String
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BASE_URL = os.environ["PUBLIC_BASE_URL"]
TOKEN = os.environ["TWILIO_AUTH_TOKEN"].encode()
SESSION_SECONDS = 300
REDIS_SECONDS = 0.5
SLOW_SECONDS = 2.0

logger = logging.getLogger("app")
app = FastAPI()
initialize(statsd_host="127.0.0.1", statsd_port=int(os.environ["STATSD_PORT"]))
store = redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=5, max_overflow=10)
database = async_sessionmaker(engine, expire_on_commit=False)
response_cache: dict[str, str] = {}


class Base(DeclarativeBase):
    pass


class Appointment(Base):
    __tablename__ = "peer_appointments"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(120))
    mobile: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CallSession:
    def __init__(self, call_sid: str, step: str = "initial", data: dict[str, str] | None = None):
        self.call_sid = call_sid
        self.step = step
        self.data = data or {}


async def bounded(key: str) -> str | None:
    try:
        return await asyncio.wait_for(store.get(key), timeout=REDIS_SECONDS)
    except asyncio.TimeoutError:
        logger.warning("Redis timeout")
        return None


async def get_session_fast(call_sid: str) -> CallSession:
    kept = await bounded(f"call_session:{call_sid}")
    return CallSession(call_sid, **json.loads(kept)) if kept else CallSession(call_sid)


async def save_session(session: CallSession) -> None:
    kept = json.dumps({"step": session.step, "data": session.data})
    await store.setex(f"call_session:{session.call_sid}", SESSION_SECONDS, kept)


async def profile(mobile: str) -> dict[str, str]:
    kept = await bounded(f"caller_profile:{mobile}")
    return json.loads(kept) if kept else {}


def track_call_metrics(duration: float, success: bool, step: str) -> None:
    tags = [f"success:{success}", f"step:{step}", "environment:production"]
    statsd.histogram("bella.call.response_time", duration, tags=tags)
    statsd.increment("bella.call.attempts", tags=tags)
    statsd.increment("bella.call.success" if success else "bella.call.failure", tags=tags)


def generate_twiml_response(message: str, listens: bool = True) -> str:
    key = f"{message}:{listens}"
    if key in response_cache:
        return response_cache[key]
    if listens:
        twiml = f"""<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Gather input="speech" language="en-CA" method="POST" action="/twilio/voice/collect" speechTimeout="4" timeout="8" enhanced="true">
    <Say voice="alice" language="en-CA">{escape(message)}</Say>
  </Gather>
  <Say voice="alice">I didn't catch that. Let me transfer you to our office.</Say>
  <Dial>+1-416-555-0199</Dial>
</Response>"""
    else:
        twiml = f"""<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say voice="alice" language="en-CA">{escape(message)}</Say>
</Response>"""
    response_cache[key] = twiml
    return twiml


async def handle_initial_call(session: CallSession, form: dict[str, str]) -> str:
    mobile = form.get("From", "")
    known = await profile(mobile)
    session.data["mobile"] = mobile
    session.step = "name_collection"
    if "full_name" in known:
        return generate_twiml_response(f"Hi {known['full_name']}! Welcome back. When would you like your appointment?")
    return generate_twiml_response("Hi! I'll help book your appointment. What's your name?")


async def handle_name_collection(session: CallSession, form: dict[str, str]) -> str:
    session.data["full_name"] = form.get("SpeechResult", "")
    session.step = "time_collection"
    mobile = session.data["mobile"]
    return generate_twiml_response(f"Perfect! I have your number as {mobile}. When would you like your appointment?")


async def handle_time_collection(session: CallSession, form: dict[str, str]) -> str:
    session.data["requested_time"] = form.get("SpeechResult", "")
    session.step = "confirmation"
    name, wanted = session.data["full_name"], session.data["requested_time"]
    return generate_twiml_response(f"Great! I'll book {name} for {wanted}. Should I confirm this?")


async def handle_confirmation(session: CallSession, form: dict[str, str]) -> str:
    async with database() as transaction:
        transaction.add(
            Appointment(
                name=session.data["full_name"],
                mobile=session.data["mobile"],
                starts_at=datetime.now(timezone.utc) + timedelta(days=1),
            )
        )
        await transaction.commit()
    session.step = "done"
    return generate_twiml_response("Perfect! Your appointment is booked. You'll receive a text confirmation. Thank you!", False)


HANDLERS = {
    "initial": handle_initial_call,
    "name_collection": handle_name_collection,
    "time_collection": handle_time_collection,
    "confirmation": handle_confirmation,
}


async def process_call_step(form: dict[str, str], step: str | None) -> str:
    started = time.perf_counter()
    session = await get_session_fast(form["CallSid"])
    step = step or session.step
    response = await HANDLERS[step](session, form)
    await save_session(session)
    duration = time.perf_counter() - started
    if duration > SLOW_SECONDS:
        logger.warning("Slow response: %.2fs for step %s", duration, step)
    track_call_metrics(duration, True, step)
    return response


def verify_twilio_signature(request: Request, form: dict[str, str]) -> bool:
    signature = request.headers.get("X-Twilio-Signature", "")
    signed = BASE_URL + request.url.path + "".join(name + form[name] for name in sorted(form))
    expected = base64.b64encode(hmac.new(TOKEN, signed.encode(), hashlib.sha1).digest()).decode()
    return hmac.compare_digest(signature, expected)


async def webhook(request: Request, step: str | None) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    if not verify_twilio_signature(request, form):
        return Response("<Response><Reject/></Response>", status_code=403, media_type="application/xml")
    return Response(await process_call_step(form, step), media_type="application/xml")


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    return {"ok": True}


@app.post("/twilio/voice")
async def voice(request: Request) -> Response:
    return await webhook(request, "initial")


@app.post("/twilio/voice/collect")
async def collect(request: Request) -> Response:
    return await webhook(request, None)

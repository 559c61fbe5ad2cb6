-- People, appointments, calls, and what has to be said to people.
-- Columns of type bytea hold ciphertext unless said otherwise; see the vault in src/privacy.

create table users (
    id            uuid primary key,
    name          bytea,
    mobile        bytea,
    -- HMAC-SHA-256 of the number: finds a person without telling the number.
    mobile_index  bytea unique check (octet_length(mobile_index) = 32),
    created_at    timestamptz not null,
    last_activity timestamptz not null,
    opted_out_at  timestamptz,
    anonymised_at timestamptz,
    check ((anonymised_at is null and mobile is not null and mobile_index is not null and name is not null)
        or (anonymised_at is not null and mobile is null and mobile_index is null and name is null))
);
create index users_by_last_activity on users (last_activity) where anonymised_at is null;
create index users_by_creation on users (created_at desc, id desc);

create table appointments (
    id                 uuid primary key,
    user_id            uuid not null references users (id),
    starts_at          timestamptz not null,
    ends_at            timestamptz not null,
    minutes            smallint not null
        generated always as ((extract(epoch from (ends_at - starts_at)) / 60)::smallint) stored,
    status             text not null default 'booked'
        check (status in ('booked', 'confirmed', 'completed', 'cancelled', 'no_show')),
    notes              bytea,
    is_test_data       boolean not null default false,
    -- Twilio's CallSid where a call booked it: one call books once.
    call_sid           text unique,
    -- The start it was booked for; `starts_at` changes when it is moved.
    booked_for         timestamptz not null,
    created_at         timestamptz not null,
    modified_at        timestamptz not null,
    cancelled_at       timestamptz,
    modification_count integer not null default 0,
    check (ends_at > starts_at),
    check ((status = 'cancelled') = (cancelled_at is not null)),
    -- No two people at one time. Test data is a world of its own: it never takes a slot from a real caller, and is as strict with
    -- itself. A cancelled appointment and one whose person did not come take no time.
    constraint appointments_do_not_overlap
        exclude using gist (tstzrange(starts_at, ends_at) with &&)
        where (status in ('booked', 'confirmed', 'completed') and not is_test_data),
    constraint test_appointments_do_not_overlap
        exclude using gist (tstzrange(starts_at, ends_at) with &&)
        where (status in ('booked', 'confirmed', 'completed') and is_test_data)
);
create index appointments_by_user on appointments (user_id, starts_at);
create index appointments_by_start on appointments (starts_at, id);

create table calls (
    sid        text primary key,
    user_id    uuid references users (id),
    is_test_data boolean not null default false,
    started_at timestamptz not null,
    ended_at   timestamptz,
    -- As the carrier counted them; unknown until it says so.
    seconds    integer check (seconds >= 0),
    outcome    text,
    steps      integer not null default 0,
    failures   integer not null default 0,
    transcript bytea,
    -- What was used, what that cost line by line at the prices of the day, and the sum in millionths of a US dollar.
    usage      jsonb not null default '{}',
    costs      jsonb not null default '[]',
    micro_usd  bigint,
    purged_at  timestamptz
);
create index calls_by_start on calls (started_at desc, sid desc);
create index calls_by_user on calls (user_id);

create table recordings (
    sid        text primary key,
    call_sid   text not null,
    created_at timestamptz not null,
    -- When the carrier confirmed that it is gone.
    deleted_at timestamptz
);
create index recordings_by_call on recordings (call_sid);
create index recordings_left on recordings (created_at) where deleted_at is null;

create table outbox (
    id              uuid primary key,
    -- Names the text once and for all: what is put in twice is sent once.
    key             text not null unique,
    kind            text not null,
    user_id         uuid references users (id),
    appointment_id  uuid references appointments (id),
    call_sid        text,
    recipient       bytea,
    body            bytea,
    not_before      timestamptz not null,
    created_at      timestamptz not null,
    attempts        integer not null default 0,
    -- Nobody else takes the row until then.
    claimed_until   timestamptz,
    -- Set before the request to the carrier leaves: an answer that was lost is asked for before the text is sent again.
    sending_since   timestamptz,
    sent_at         timestamptz,
    given_up_at     timestamptz,
    provider_sid    text unique,
    segments        integer,
    delivery_status text,
    error           text,
    purged_at       timestamptz
);
create index outbox_due on outbox (not_before) where sent_at is null and given_up_at is null;
create index outbox_by_user on outbox (user_id);

create table audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null,
    actor      text not null,
    action     text not null,
    subject    text not null,
    subject_id text not null,
    -- Facts without personal data.
    detail     jsonb not null default '{}'
);
create index audit_by_subject on audit (subject, subject_id, id);
create index audit_by_time on audit (at);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function refuse_change();

create table idempotency_keys (
    key          text primary key,
    -- SHA-256 of the request: the same key with another request is refused.
    request      bytea not null,
    status       smallint,
    answer       bytea,
    created_at   timestamptz not null,
    completed_at timestamptz
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- Messages of the carrier that were acted on, so that a repeated one is not.
create table seen_messages (
    sid     text primary key,
    answer  bytea,
    seen_at timestamptz not null
);
create index seen_messages_by_age on seen_messages (seen_at);

create table ratings (
    appointment_id uuid primary key references appointments (id),
    user_id        uuid not null references users (id),
    asked_at       timestamptz not null,
    score          smallint check (score between 1 and 5),
    answered_at    timestamptz
);
create index ratings_open on ratings (user_id, asked_at) where score is null;

# syntax=docker/dockerfile:1
# Three stages: build the wheels and the index, install what serving needs from the lock, put both together.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
# `--build-arg EXTRAS=[models]` for an index by another model than the bundled one (a gigabyte of torch, in this stage only).
ARG EXTRAS=
WORKDIR /src
COPY pyproject.toml README.md LICENSE THIRD-PARTY.md ./
COPY LICENSES LICENSES
COPY app app
COPY packaging packaging
COPY prompts prompts
COPY corpus corpus
# What cuts texts decides what the index holds: it is built with the versions that serve (without the hashes, which
# would have to cover what only building needs too).
COPY requirements-serve.txt ./
RUN grep -oE '^[a-zA-Z0-9._-]+==[^ ]+' requirements-serve.txt > /tmp/constraints.txt
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /dist . ./packaging/weights ./packaging/weights-large
RUN pip install --no-cache-dir --find-links /dist -c /tmp/constraints.txt "$(echo /dist/pullquote-*.whl)${EXTRAS}"
RUN pullquote index

FROM python:${PYTHON} AS serve
COPY requirements-serve.txt /tmp/
# No pip inside, and no dependency that only downloads: the lock is whole (see requirements-serve.in).
RUN python -m venv --without-pip /opt/pullquote && pip --python /opt/pullquote/bin/python install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements-serve.txt
COPY --from=build /dist /dist
RUN pip --python /opt/pullquote/bin/python install --no-cache-dir --no-deps /dist/*.whl

FROM python:${PYTHON}
RUN useradd --system --uid 10001 --home-dir /srv/pullquote --create-home pullquote
COPY --from=serve /opt/pullquote /opt/pullquote
COPY --from=build --chown=pullquote /src/index /srv/pullquote/index
COPY --from=build --chown=pullquote /src/corpus /srv/pullquote/corpus
# Where a volume for PULLQUOTE_STORE goes: it takes over that this user may write there.
RUN mkdir /srv/pullquote/store && chown pullquote /srv/pullquote/store
WORKDIR /srv/pullquote
USER pullquote
ENV PATH=/opt/pullquote/bin:$PATH PULLQUOTE_HOST=0.0.0.0 PYTHONUNBUFFERED=1 ORT_DISABLE_TELEMETRY=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/readyz' % (os.environ.get('PULLQUOTE_PORT') or 8000), timeout=4)"]
CMD ["pullquote", "serve"]

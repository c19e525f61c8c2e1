# Reading Room as a service. One image; docker-compose.yml says which process it runs.
FROM node:22.12-bookworm-slim AS viewer
WORKDIR /build/frontend/viewer
COPY frontend/viewer/package.json frontend/viewer/package-lock.json frontend/viewer/.npmrc* ./
RUN npm ci --no-audit --no-fund
COPY frontend/viewer ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin reading-room \
    && install -d -o reading-room -g reading-room /data /app
COPY --from=packages /venv /venv
WORKDIR /app
COPY manage.py ./
COPY annotator ./annotator
COPY api ./api
COPY frontend ./frontend
COPY ml_assist ./ml_assist
COPY --from=viewer /build/frontend/static/viewer ./frontend/static/viewer
# Compiled once here, since the running image writes no bytecode.
RUN python -m compileall -q annotator api frontend ml_assist && rm -rf frontend/viewer
USER reading-room
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "annotator.config.wsgi:application"]

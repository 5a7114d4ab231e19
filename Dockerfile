FROM python:3.13.16-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1


FROM base AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_PYTHON=/opt/venv/bin/python
WORKDIR /build
# pip stays outside the environment that is copied on.
RUN python -m venv --without-pip /opt/venv
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src/ src/
RUN pip install --no-deps .


FROM base AS final
RUN groupadd --gid 10001 headtohead \
    && useradd --uid 10001 --gid headtohead --no-create-home --shell /usr/sbin/nologin headtohead \
    && install --directory --owner=headtohead --group=headtohead --mode=0700 /run/headtohead
WORKDIR /srv/headtohead
COPY --from=builder /opt/venv /opt/venv
COPY manage.py ./
COPY app/ app/
ENV PROMETHEUS_MULTIPROC_DIR=/run/headtohead
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=2); c.request('GET', '/health/'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["gunicorn", "app.config.wsgi:application", "-c", "app/config/gunicorn.py", "--bind", "0.0.0.0:8000"]

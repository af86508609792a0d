/** Shorthand for JSON schemas of our answers. */
export type Schema = Record<string, unknown>;

export const object = (properties: Record<string, Schema>, optional: string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const number: Schema = { type: 'number' };
export const flag: Schema = { type: 'boolean' };
export const instant: Schema = { type: 'string', format: 'date-time' };
export const uuid: Schema = { type: 'string', format: 'uuid' };
export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
/** Keys that depend on the record, such as facts of an entry or a letter. */
export const open: Schema = { type: 'object' };
export const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: [...values] });
export const items = (item: Schema): Schema => object({ items: list(item) });
export const page = (item: Schema): Schema => object({ items: list(item), next: orNull(text) });

/** Query parameters of a list of cases in OpenAPI, from the schema that checks them. */
import { ApiQuery } from '@nestjs/swagger';
import { jsonSchema } from '../http/openapi.js';
import { caseQuery } from './cases.schemas.js';

export function ListParameters(): MethodDecorator {
  const { properties = {} } = jsonSchema(caseQuery);
  const parameters = Object.entries(properties).map(([name, schema]) => ApiQuery({ name, required: false, schema }));
  return (target, key, descriptor) => {
    for (const parameter of parameters) parameter(target, key, descriptor);
  };
}

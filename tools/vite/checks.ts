/** In a small build, plugins always take most of the time. The warning would only alarm people. */
export const checks = { pluginTimings: false };

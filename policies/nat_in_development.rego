# A NAT gateway costs more than a whole development stack, and gives nothing that one needs.
package bella.nat_in_development

deny contains {"address": gateway.address, "message": "is a NAT gateway in development, about $32 a month while idle; set network.egress: public-ip"} if {
	input.environment == "development"
	some gateway in data.bella.lib.of("nat_gateway")
}

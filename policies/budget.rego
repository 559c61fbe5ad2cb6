# AWS itself watches what a stack spends and tells a person.
package bella.budget

deny contains {"message": "has no budget in AWS; set budget.monthly_usd and budget.notify"} if {
	count(data.bella.lib.of("budget")) == 0
}

deny contains {"address": budget.address, "message": "tells nobody; set budget.notify and budget.alert_at"} if {
	some budget in data.bella.lib.of("budget")
	data.bella.lib.property(budget, "notifications") == []
}
